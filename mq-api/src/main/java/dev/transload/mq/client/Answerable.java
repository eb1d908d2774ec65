package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Place;

/** A delivery whose settle may be one with its reply. */
interface Answerable {

    /** The message for the engine, which keeps it no longer than the delivery: its bytes may not be made yet. */
    Message stored();

    /**
     * Sends the reply and acks the request in one step, if the broker can. Does not wait; what fails is tried again or
     * given back like any other outcome.
     *
     * @param nobody told, on the client's completion thread, if the inbox is not there; the request is acked then
     * @return false if nothing was done, and the caller has to send the reply and then settle
     * @throws dev.transload.mq.LeaseLostException if the delivery was lost; nothing was sent then
     */
    boolean answer(Place to, Message reply, Runnable nobody);
}
