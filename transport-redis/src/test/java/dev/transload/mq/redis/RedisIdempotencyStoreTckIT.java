package dev.transload.mq.redis;

import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisCluster;
import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.tck.IdempotencyStoreTck;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** The kit for stores, on every kind of server. */
class RedisIdempotencyStoreTckIT {

    @Nested
    class OnRedis70 extends OnServer {
        @Override
        String start() {
            return RedisBroker.shared(RedisVersion.V7_0).uri().toString();
        }
    }

    @Nested
    class OnRedis8 extends OnServer {
        @Override
        String start() {
            return RedisBroker.shared(RedisVersion.V8).uri().toString();
        }
    }

    @Nested
    class OnValkey9 extends OnServer {
        @Override
        String start() {
            return RedisBroker.shared(RedisVersion.VALKEY_9).uri().toString();
        }
    }

    @Nested
    class OnACluster extends OnServer {
        @Override
        String start() {
            RedisCluster cluster = RedisCluster.start(RedisVersion.newest());
            closeAfterwards(cluster);
            return cluster.uri() + "?cluster=true";
        }
    }

    /** Two stores on one server, taken in turns: what one has noted the other knows. */
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnServer implements IdempotencyStoreTck {

        private final List<AutoCloseable> open = new ArrayList<>();
        private final List<RedisIdempotencyStore> stores = new ArrayList<>();
        private final AtomicInteger calls = new AtomicInteger();

        /** Tells where the server is. */
        abstract String start();

        final void closeAfterwards(AutoCloseable resource) {
            open.add(0, resource);
        }

        @BeforeAll
        void connect() {
            String uri = start();
            for (int i = 0; i < 2; i++) {
                RedisIdempotencyStore store = RedisIdempotencyStore.connect(uri);
                stores.add(store);
                closeAfterwards(store);
            }
        }

        @Override
        public IdempotencyStore store() {
            return stores.get(Math.floorMod(calls.getAndIncrement(), stores.size()));
        }

        @AfterAll
        void end() throws Exception {
            for (AutoCloseable resource : open) {
                resource.close();
            }
        }
    }
}
