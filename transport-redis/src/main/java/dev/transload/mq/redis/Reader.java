package dev.transload.mq.redis;

import java.util.List;

/** What a feed asks of its receiver. */
interface Reader {

    /** The consumer's name. */
    byte[] consumer();

    /** Whether the receiver still takes deliveries. */
    boolean mayTake();

    /** Runs a script on the receiver's connection; no answer is an empty list. */
    List<?> list(Script script, List<byte[]> keys, List<byte[]> arguments);

    /** The delivery of an entry that was pending for someone before. */
    RedisDelivery claimed(Source source, Object id, Object count, Object fields, String token);

    /** Whether the entry is out at the engine. */
    boolean isOut(EntryId entry);

    /** How many deliveries may still be handed out. */
    int credit();
}
