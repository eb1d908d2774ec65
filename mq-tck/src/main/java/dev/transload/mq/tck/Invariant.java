package dev.transload.mq.tck;

/** What no history may break. Names are those of the catalogue and part of stored verdicts. */
enum Invariant {
    I1("a confirmed message is handled, dead-lettered, expired or discarded by policy"),
    I2("nothing is left unsettled when all is drained"),
    I3("only what was sent before is delivered"),
    I4("what a send said the broker does not have is never seen"),
    I5("what arrives is what was sent, byte for byte"),
    I6("an acked message does not come again without a fault that may have lost the ack"),
    I7("a message comes again only after a failure, a lost lease, a consumer's end or a fault"),
    I8("a message is with one consumer at a time, unless the first one lost it"),
    I9("attempts count up with each failure and start at 1"),
    I10("a message that failed as often as its policy allows is not handed out again"),
    I11("a dead letter has a true reason, is set aside once, and was not acked"),
    I12("a message is not delivered before its delay is over"),
    I13("a settle by who lost the delivery has no effect"),
    O2("messages of a key are first delivered in the order of their sends"),
    O3("a message waits until all earlier ones of its key are settled, retries included"),
    O4("after an interruption a key goes on at its first unsettled message, in order"),
    O5("at most one message of a key is being handled"),
    O6("a send that is tried again is not stored behind later ones of its key"),
    O7("a key stays in its lane while nobody joins or leaves"),
    L1("every fence is handled in time"),
    L2("while there is work and a consumer, the work goes on"),
    L3("after a fault sends and deliveries go on in time"),
    L5("every consumer gets work again after a fault"),
    R1("a request ends exactly once"),
    R2("a reply belongs to its request"),
    R3("a request is answered before it has a reply"),
    R4("a request that timed out stays so"),
    D1("a message takes effect once, unless its claim was taken over"),
    D2("what was acked has taken effect"),
    D3("claims of one key do not overlap"),
    D4("what is done stays done");

    private final String rule;

    Invariant(String rule) {
        this.rule = rule;
    }

    /** What is required. */
    String rule() {
        return rule;
    }
}
