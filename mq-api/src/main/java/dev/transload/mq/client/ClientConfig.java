package dev.transload.mq.client;

import dev.transload.mq.*;
import dev.transload.mq.spi.*;
import java.time.*;
import java.util.*;
import org.jspecify.annotations.*;

final class ClientConfig {
    final EngineSettings s;
    final List<MqListener> l;
    final MqObserver o;

    ClientConfig(EngineSettings s, List<MqListener> l, MqObserver o) {
        this.s = s;
        this.l = l;
        this.o = o;
    }

    EngineSettings settings() {
        return s;
    }

    List<MqListener> listeners() {
        return l;
    }

    MqObserver observer() {
        return o;
    }

    static Builder of(String uri) {
        return new Builder(uri);
    }

    static Builder fromProperties(Map<String, String> m) {
        return new Builder("inmemory:");
    }

    static Builder fromEnvironment(Map<String, String> m) {
        return new Builder("inmemory:");
    }

    static final class Builder {
        String uri;
        String id = "client-" + Long.toHexString(System.nanoTime());
        Topology t = Topology.CREATE;
        Duration st = Duration.ofSeconds(30), ct = Duration.ofSeconds(10), w = Duration.ZERO;
        int max = 1000;
        boolean ff, vt = true;
        List<MqListener> l = new ArrayList<>();
        MqObserver o = MqObserver.NONE;
        TransportUri u;

        Builder(String uri) {
            this.uri = uri;
            this.u = TransportUri.parse(uri);
        }

        void credentials(String a, String b) {
            u = u.withCredentials(a, b);
        }

        void clientId(String s) {
            id = s;
        }

        void option(String a, String b) {
            u = u.withOption(a, b);
        }

        void topology(Topology x) {
            t = x;
        }

        void sendTimeout(Duration d) {
            st = d;
        }

        void connectTimeout(Duration d) {
            ct = d;
        }

        void waitForBroker(Duration d) {
            w = d;
        }

        void maxOutstandingSends(int n) {
            max = n;
        }

        void failFastOnBackpressure(boolean b) {
            ff = b;
        }

        void virtualThreads(boolean b) {
            vt = b;
        }

        void listener(MqListener x) {
            l.add(x);
        }

        void observer(MqObserver x) {
            o = x;
        }

        ClientConfig build() {
            return new ClientConfig(new EngineSettings(u, id, t, st, ct, w, max, ff, vt), l, o);
        }
    }
}
