package dev.transload.mq;

import static java.util.Objects.requireNonNull;

/**
 * The connected broker cannot do what was asked, natively or by emulation. Thrown before any I/O; its text says what was
 * asked for, on which broker, why that is refused and what to do instead.
 */
public final class UnsupportedCapabilityException extends MessagingException {

    private static final long serialVersionUID = 1L;

    private final String capability;
    private final String broker;
    private final String remedy;

    /**
     * Makes one.
     *
     * @param capability name of the row in {@link Explanation#features()} that says the same, such as {@code delay}
     * @param what was asked for, with the name of the destination
     * @param broker product and version
     * @param why the broker refuses it, with the bound and the value if there are any
     * @param remedy what to do instead, as an advice
     */
    public UnsupportedCapabilityException(String capability, String what, String broker, String why, String remedy) {
        super(
                requireNonNull(what, "what") + " on " + requireNonNull(broker, "broker") + ": "
                        + requireNonNull(why, "why") + "; " + requireNonNull(remedy, "remedy"),
                null);
        this.capability = requireNonNull(capability, "capability");
        this.broker = broker;
        this.remedy = remedy;
    }

    /** Name of the row in {@link Explanation#features()} that tells the same. */
    public String capability() {
        return capability;
    }

    /** Product and version of the broker that refuses. */
    public String broker() {
        return broker;
    }

    /** What to do instead. */
    public String remedy() {
        return remedy;
    }
}
