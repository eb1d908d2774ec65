package dev.transload.mq.tck;

import java.util.Collection;
import java.util.List;

/** Finds threads that should have ended. */
final class Threads {

    private Threads() {}

    /** Names of live threads that were made for any of these clients. */
    static List<String> of(Collection<String> clientIds) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> clientIds.stream().anyMatch(name::contains))
                .toList();
    }
}
