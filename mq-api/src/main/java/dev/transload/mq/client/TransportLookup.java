package dev.transload.mq.client;

import dev.transload.mq.spi.TransportProvider;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the transport of a URI scheme among those on the class path or module path. */
final class TransportLookup {

    private static final Map<String, String> KNOWN = Map.of(
            "inmemory", "transport-inmemory",
            "rabbitmq", "transport-rabbitmq",
            "rabbitmqs", "transport-rabbitmq",
            "amqp", "transport-rabbitmq",
            "amqps", "transport-rabbitmq",
            "kafka", "transport-kafka",
            "redis", "transport-redis",
            "rediss", "transport-redis",
            "sqs", "transport-sqs");

    private TransportLookup() {}

    /** The provider for a scheme, looked for as {@link #find(String, ClassLoader)} does with no loader named. */
    static TransportProvider find(String scheme) {
        return find(scheme, null);
    }

    /**
     * The provider for a scheme.
     *
     * @param loader where to look, or null for the thread's context loader and the one of this library
     * @throws IllegalArgumentException if there is none; the text names the schemes found and what to add
     * @throws IllegalStateException if two transports claim the scheme
     */
    static TransportProvider find(String scheme, @Nullable ClassLoader loader) {
        Search search = new Search();
        if (loader != null) {
            search.in(loader);
        } else {
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            ClassLoader own = TransportLookup.class.getClassLoader();
            if (context != null) {
                search.in(context);
            }
            if (own != null && own != context) {
                search.in(own);
            }
        }
        return search.one(scheme);
    }

    private static final class Search {
        private final Map<String, TransportProvider> providers = new LinkedHashMap<>();
        private @Nullable ServiceConfigurationError broken;

        /** Passes over a provider that cannot be loaded, unless nothing else is found. */
        void in(ClassLoader loader) {
            Iterator<TransportProvider> found =
                    ServiceLoader.load(TransportProvider.class, loader).iterator();
            while (true) {
                try {
                    if (!found.hasNext()) {
                        return;
                    }
                    TransportProvider provider = found.next();
                    providers.putIfAbsent(provider.getClass().getName(), provider);
                } catch (ServiceConfigurationError e) {
                    broken = e;
                }
            }
        }

        TransportProvider one(String scheme) {
            TransportProvider match = null;
            Set<String> schemes = new TreeSet<>();
            for (TransportProvider provider : providers.values()) {
                schemes.addAll(provider.schemes());
                if (provider.schemes().contains(scheme)) {
                    if (match != null) {
                        throw new IllegalStateException("two transports claim the scheme '" + scheme + "': "
                                + match.getClass().getName() + " and "
                                + provider.getClass().getName());
                    }
                    match = provider;
                }
            }
            if (match == null) {
                throw new IllegalArgumentException(
                        "no transport for the scheme '" + scheme + "': found " + schemes + "; " + advice(scheme),
                        broken);
            }
            return match;
        }

        private static String advice(String scheme) {
            String artifact = KNOWN.get(scheme);
            return artifact == null
                    ? "add the dependency that brings it"
                    : "add the dependency dev.transload:" + artifact;
        }
    }
}
