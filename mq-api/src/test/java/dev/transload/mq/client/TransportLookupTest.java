package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransportLookupTest {

    @TempDir
    Path folder;

    @Test
    void aSchemeFindsItsTransport() throws IOException {
        try (URLClassLoader loader = with(Acme.class.getName())) {
            assertThat(TransportLookup.find("acmes", loader)).isInstanceOf(Acme.class);
        }
    }

    @Test
    void theContextLoaderIsLookedAtFirst() throws IOException {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = with(Acme.class.getName())) {
            Thread.currentThread().setContextClassLoader(loader);
            assertThat(TransportLookup.find("acme", null)).isInstanceOf(Acme.class);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void anUnknownSchemeNamesThoseFoundAndWhatToAdd() throws IOException {
        try (URLClassLoader loader = with(Acme.class.getName())) {
            assertThatThrownBy(() -> TransportLookup.find("amqps", loader))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("'amqps'", "[acme, acmes]", "dev.transload:transport-rabbitmq");
            assertThatThrownBy(() -> TransportLookup.find("pigeon", loader)).hasMessageContaining("'pigeon'");
        }
    }

    @Test
    void twoTransportsForOneSchemeAreAnError() throws IOException {
        try (URLClassLoader loader = with(Acme.class.getName(), AlsoAcme.class.getName())) {
            assertThatThrownBy(() -> TransportLookup.find("acme", loader))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("two transports", "$Acme", "$AlsoAcme");
            assertThat(TransportLookup.find("acmes", loader)).isInstanceOf(Acme.class);
        }
    }

    @Test
    void aBrokenProviderDoesNotHideTheOthers() throws IOException {
        try (URLClassLoader loader = with("com.acme.Missing", Acme.class.getName())) {
            assertThat(TransportLookup.find("acme", loader)).isInstanceOf(Acme.class);
            assertThatThrownBy(() -> TransportLookup.find("kafka", loader))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasCauseInstanceOf(ServiceConfigurationError.class);
        }
    }

    private URLClassLoader with(String... providers) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(TransportProvider.class.getName()), String.join("\n", providers));
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    }

    /** A transport of two schemes. */
    public static class Acme implements TransportProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("acme", "acmes");
        }

        @Override
        public Map<String, String> options() {
            return Map.of();
        }

        @Override
        public CompletableFuture<Transport> open(TransportContext context) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException());
        }
    }

    /** Another of the same scheme. */
    public static final class AlsoAcme extends Acme {
        @Override
        public Set<String> schemes() {
            return Set.of("acme");
        }
    }
}
