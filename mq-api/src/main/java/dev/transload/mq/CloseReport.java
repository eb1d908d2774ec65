package dev.transload.mq;

import java.util.List;

/**
 * What a close left behind.
 *
 * @param clean whether every handler ended in time and every settle reached the broker
 * @param handled deliveries whose handlers ended during the close
 * @param givenBack deliveries that were not started and went back to the broker
 * @param interrupted deliveries whose handlers were interrupted at the deadline
 * @param ackUnknown ids of messages that were handled but whose ack the broker did not confirm: they may come again
 * @param sendsFailed sends that were not confirmed in time
 */
public record CloseReport(
        boolean clean, long handled, long givenBack, long interrupted, List<String> ackUnknown, long sendsFailed) {

    public CloseReport {
        ackUnknown = List.copyOf(ackUnknown);
    }
}
