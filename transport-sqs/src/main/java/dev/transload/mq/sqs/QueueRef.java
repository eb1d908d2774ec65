package dev.transload.mq.sqs;

/**
 * A queue that was found.
 *
 * @param name its name
 * @param url what requests address it by
 */
record QueueRef(String name, String url) {

    boolean isFifo() {
        return name.endsWith(SqsNames.FIFO);
    }
}
