package dev.transload.mq.benchmarks;

import java.lang.management.ManagementFactory;

/** What a figure belongs to. */
final class Machine {

    private Machine() {}

    /** Processors, load, and JVM in one line. */
    static String describe() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.availableProcessors() + " processors, load "
                + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", Java "
                + System.getProperty("java.version") + ", heap " + (runtime.maxMemory() >> 20) + " MiB";
    }
}
