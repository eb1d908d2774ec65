package dev.transload.mq.tck;

import java.util.Set;

/**
 * A broker that cases may break. What it cannot do is not among {@link #supported}; cases that need it are listed as not
 * run. The kit shows each fault to have an effect before it believes a case, and calls {@link #close} when a case has
 * ended, whatever the case left behind.
 */
public interface BrokerControl extends TckBroker {

    /** What this control can bring about. */
    Set<Fault> supported();
}
