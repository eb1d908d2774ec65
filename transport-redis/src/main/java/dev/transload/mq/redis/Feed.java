package dev.transload.mq.redis;

import java.util.List;

/**
 * Where a receiver's deliveries come from: all streams of its place, or those of the lanes it owns.
 *
 * <p>Used by the receiver's thread alone.
 */
interface Feed {

    /** Lets go of what has not been renewed in time; needs no connection. */
    void expire();

    /** There is another connection: what the server handed out on the last one may not have come. */
    void reconnected();

    /** Looks after what was abandoned, after lanes and leases. Called often; does what is due. */
    void tend();

    /** Streams to read now; empty if there are none. */
    List<Source> sources();

    /** Takes what was read. */
    void take(RedisDelivery delivery);

    /** The next delivery to hand out, or null. */
    @org.jspecify.annotations.Nullable
    RedisDelivery next();

    /** The delivery is out no more. Called on any thread. */
    void ended(RedisDelivery delivery);

    /** Takes a delivery to hand out once more; false if it is not for this receiver any more. */
    boolean putBack(RedisDelivery delivery);

    /** Token under which a source is read now; empty text where no order is kept. */
    String token(Source source);

    /** Those whose lane has gone to someone else. */
    void losses(LossReport report);

    /** Takes away what was read and not handed out. */
    List<RedisDelivery> drop();

    /** Told of what was lost. */
    interface LossReport {
        void lost(List<RedisDelivery> deliveries, String why);
    }
}
