package dev.transload.mq;

/**
 * What a redrive did.
 *
 * @param examined dead letters looked at
 * @param redriven dead letters sent back, or that would be in a dry run
 * @param kept dead letters left where they were
 */
public record RedriveReport(long examined, long redriven, long kept) {}
