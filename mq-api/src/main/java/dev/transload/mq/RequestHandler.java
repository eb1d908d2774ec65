package dev.transload.mq;

/**
 * Answers requests. Called as a {@link MessageHandler} is; what it throws reaches the caller as
 * {@link RemoteHandlerException}.
 *
 * @param <Q> type of the request
 * @param <R> type of the reply
 */
@FunctionalInterface
public interface RequestHandler<Q, R> {

    /** Returns the reply, never null. */
    R handle(Q request) throws Exception;
}
