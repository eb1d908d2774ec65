package dev.transload.mq.tck;

/**
 * What a history of one source amounts to, in numbers.
 *
 * @param source queue or group
 * @param sends messages sent, whatever became of them
 * @param confirmed sends the broker confirmed
 * @param refused sends the broker does not have
 * @param unknown sends of unknown outcome
 * @param recovered sends of unknown outcome that were delivered
 * @param deliveries handler calls
 * @param redeliveries handler calls of messages that had one before
 * @param failures handler calls that failed
 * @param deadLettered messages set aside
 * @param duplicates deliveries after an ack that something explains
 * @param unexplained deliveries that nothing explains
 * @param stragglers deliveries of other runs
 * @param detached messages that left their key's order by failing
 * @param deepestRollback by how many places a key went back at most
 * @param faults what was broken, how often
 * @param slowestRecoveryMillis longest time after a fault until sends and deliveries went on
 * @param slowestRedeliveryMillis longest time from the end of a failed call to the next of the message
 */
record Measures(
        String source,
        int sends,
        int confirmed,
        int refused,
        int unknown,
        int recovered,
        int deliveries,
        int redeliveries,
        int failures,
        int deadLettered,
        int duplicates,
        int unexplained,
        int stragglers,
        int detached,
        int deepestRollback,
        int faults,
        long slowestRecoveryMillis,
        long slowestRedeliveryMillis) {}
