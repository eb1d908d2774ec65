package dev.transload.mq.examples.files;

import dev.transload.mq.spi.Transport;
import dev.transload.mq.spi.TransportContext;
import dev.transload.mq.spi.TransportProvider;
import dev.transload.mq.spi.TransportUri;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Opens directories as brokers: {@code files:///var/lib/mail}. */
public final class FilesTransportProvider implements TransportProvider {

    private static final String FSYNC = "fsync";

    /** Made by the service loader. */
    public FilesTransportProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("files");
    }

    @Override
    public Map<String, String> options() {
        return Map.of(FSYNC, "whether a send waits until the disk has the message: true, unless given as false");
    }

    @Override
    public CompletableFuture<Transport> open(TransportContext context) {
        Path root = directory(context.uri());
        boolean fsync = context.uri().booleanOption(FSYNC, true);
        return new FilesTransport(context, new Store(root, fsync, context.time())).open();
    }

    private static Path directory(TransportUri uri) {
        boolean absolute = uri.path().startsWith("/");
        if (!absolute || !uri.hosts().isEmpty() || uri.username().isPresent()) {
            throw new IllegalArgumentException(
                    "a uri of scheme files is files:// and an absolute path, as in files:///var/lib/mail");
        }
        return Path.of(URLDecoder.decode(uri.path().replace("+", "%2B"), StandardCharsets.UTF_8));
    }
}
