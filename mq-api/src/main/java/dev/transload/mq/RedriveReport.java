package dev.transload.mq;

/**
 * What a redrive did.
 *
 * @param examined dead letters looked at
 * @param redriven dead letters sent back, or that would be in a dry run
 * @param kept dead letters looked at that are not redriven; in a dry run those that would not be
 */
public record RedriveReport(long examined, long redriven, long kept) {}
