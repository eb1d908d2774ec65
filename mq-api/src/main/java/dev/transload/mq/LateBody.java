package dev.transload.mq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;

/**
 * A body that stays in the form in which it came until its bytes are asked for.
 *
 * <p>Thread-safe: it holds either what makes the bytes or, from the first call of {@link #bytes} on, the bytes, and is
 * told which by one read. Of two who ask first at the same time both make them, and one's are kept.
 */
final class LateBody {

    private static final VarHandle CONTENT;

    static {
        try {
            CONTENT = MethodHandles.lookup().findVarHandle(LateBody.class, "content", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A {@code byte[]}, or the supplier that makes it. */
    private volatile Object content;

    LateBody(Supplier<byte[]> source) {
        this.content = source;
    }

    /** The bytes, which are the same array from now on; what they are made of is let go. */
    byte[] bytes() {
        Object found = content;
        if (found instanceof byte[] bytes) {
            return bytes;
        }
        byte[] made = make(found);
        return CONTENT.compareAndSet(this, found, made) ? made : (byte[]) content;
    }

    /** The bytes in an array of the caller's own; what they are made of is kept. */
    byte[] copy() {
        Object found = content;
        return found instanceof byte[] bytes ? bytes.clone() : make(found);
    }

    private static byte[] make(Object source) {
        return (byte[]) ((Supplier<?>) source).get();
    }
}
