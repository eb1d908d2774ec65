package dev.transload.mq.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.architecture.Codebase.Module;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The POMs agree with each other: what is published, under which version, and as which module. */
class BuildTest {
    @Test
    void theBomListsWhatIsPublished() throws Exception {
        assertThat(texts(pom("bom"), managed("groupId = 'dev.transload'")))
                .containsExactlyElementsOf(publishedModules());
    }

    @Test
    void theBomHasTheNettyThatTheModulesAreTestedWith() throws Exception {
        assertThat(texts(pom("bom"), "/project/properties/netty.version"))
                .hasSize(1)
                .isEqualTo(texts(pom(""), "/project/properties/netty.version"));
        assertThat(texts(pom("bom"), managed("groupId != 'dev.transload'")))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("netty-"));
    }

    private static String managed(String which) {
        return "/project/dependencyManagement/dependencies/dependency[" + which + "]/artifactId";
    }

    @Test
    void theRulesCoverWhatIsPublished() throws Exception {
        assertThat(Codebase.PUBLISHED)
                .extracting(Module::folder)
                .containsExactlyInAnyOrderElementsOf(publishedModules());
    }

    @Test
    void theBomHasTheVersionOfTheParent() throws Exception {
        assertThat(texts(pom("bom"), "/project/version")).isEqualTo(texts(pom(""), "/project/version"));
    }

    @Test
    void everyJarButTheApiHasAnAutomaticModuleNameOfItsPackage() throws Exception {
        for (Module module : Codebase.PUBLISHED) {
            List<String> names = texts(pom(module.folder()), "/project/properties/automatic.module.name");

            if (module.folder().equals("mq-api")) {
                assertThat(names).isEmpty();
            } else {
                assertThat(names).containsExactlyElementsOf(module.packages());
            }
        }
    }

    @Test
    void whatIsPublishedHasJavadoc() throws Exception {
        for (Module module : Codebase.PUBLISHED) {
            boolean skipped = texts(pom(module.folder()), "/project/properties/maven.javadoc.skip")
                    .contains("true");

            assertThat(skipped && hasPublicType(module))
                    .as("%s has public types: remove maven.javadoc.skip from its POM", module)
                    .isFalse();
        }
    }

    private static boolean hasPublicType(Module module) {
        return Codebase.CLASSES.stream()
                .anyMatch(type -> module.packages().contains(type.getPackageName()) && Codebase.isPublic(type));
    }

    private static List<String> publishedModules() throws Exception {
        List<String> published = new ArrayList<>();
        for (String module : texts(pom(""), "/project/modules/module")) {
            Document pom = pom(module);
            boolean kept = texts(pom, "/project/properties/maven.deploy.skip").contains("true");
            if (!kept && !texts(pom, "/project/packaging").contains("pom")) {
                published.add(module);
            }
        }
        published.sort(null);
        return published;
    }

    private static Document pom(String folder) throws ParserConfigurationException, IOException, SAXException {
        Path file = Codebase.root().resolve(folder).resolve("pom.xml");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }

    private static List<String> texts(Document document, String path) throws XPathExpressionException {
        NodeList nodes =
                (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, document, XPathConstants.NODESET);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
    }
}
