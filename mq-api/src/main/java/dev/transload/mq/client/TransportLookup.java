package dev.transload.mq.client;

import dev.transload.mq.spi.*;
import java.util.*;

final class TransportLookup {
    static TransportProvider find(String s) {
        for (TransportProvider p : ServiceLoader.load(TransportProvider.class))
            if (p.schemes().contains(s)) return p;
        throw new IllegalArgumentException("no transport for " + s);
    }
}
