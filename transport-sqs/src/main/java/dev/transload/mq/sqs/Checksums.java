package dev.transload.mq.sqs;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/**
 * Whether bodies and attributes are those that SQS reckoned its MD5 of, in lower-case hexadecimal digits. The SDK checks
 * the same unless told not to; this allocates nothing of size, and tells of one message instead of ten.
 *
 * <p>The digest of attributes is that of "Calculating the MD5 message digest for message attributes" in the Amazon SQS
 * Developer Guide: in the order of their names, of each the name, the type, a byte that says whether text or bytes follow,
 * and the value; each of them behind its length in four bytes.
 *
 * <p>Thread-safe: each thread has a digest of its own.
 */
final class Checksums {

    private static final byte TEXT = 1;
    private static final byte BINARY = 2;
    private static final int MD5_BYTES = 16;
    private static final ThreadLocal<Checksums> OF_THREAD = ThreadLocal.withInitial(Checksums::new);

    private final MessageDigest digest;
    private final byte[] result = new byte[MD5_BYTES];
    /** Bytes the digest has not seen. */
    private final byte[] pending = new byte[2048];

    private int count;

    private Checksums() {
        try {
            this.digest = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("sqs: this Java has no MD5, which every Java has to have", e);
        }
    }

    /** Whether a message that goes or came has these digests; that of no attributes is not looked at. */
    static boolean match(
            String body,
            @Nullable String bodyMd5,
            Map<String, MessageAttributeValue> attributes,
            @Nullable String attributesMd5) {
        Checksums own = OF_THREAD.get();
        own.text(body);
        if (!own.ends(bodyMd5)) {
            return false;
        }
        if (attributes.isEmpty()) {
            return true;
        }
        own.attributes(attributes);
        return own.ends(attributesMd5);
    }

    private void attributes(Map<String, MessageAttributeValue> attributes) {
        String[] names = attributes.keySet().toArray(new String[0]);
        Arrays.sort(names);
        for (String name : names) {
            MessageAttributeValue value = requireNonNull(attributes.get(name));
            counted(name);
            counted(value.dataType());
            if (value.stringValue() != null) {
                one(TEXT);
                counted(value.stringValue());
            } else if (value.binaryValue() != null) {
                ByteBuffer bytes = value.binaryValue().asByteBuffer();
                one(BINARY);
                length(bytes.remaining());
                drain();
                digest.update(bytes);
            }
        }
    }

    private void counted(String text) {
        length(WireText.utf8Length(text));
        text(text);
    }

    private void length(int bytes) {
        one(bytes >>> 24);
        one(bytes >>> 16);
        one(bytes >>> 8);
        one(bytes);
    }

    // UTF-8; half a surrogate pair is a question mark, as the SDK writes it.
    private void text(String text) {
        int i = ascii(text, 0);
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c < 0x800) {
                one(0xC0 | (c >> 6));
                one(0x80 | (c & 0x3F));
            } else if (!Character.isSurrogate(c)) {
                one(0xE0 | (c >> 12));
                one(0x80 | ((c >> 6) & 0x3F));
                one(0x80 | (c & 0x3F));
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                one(0xF0 | (point >> 18));
                one(0x80 | ((point >> 12) & 0x3F));
                one(0x80 | ((point >> 6) & 0x3F));
                one(0x80 | (point & 0x3F));
            } else {
                one('?');
            }
            i = ascii(text, i + 1);
        }
    }

    // What most text is made of, without a look at the room for each; returns where something else begins.
    private int ascii(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) < 0x80) {
            if (count == pending.length) {
                drain();
            }
            int end = Math.min(text.length(), i + pending.length - count);
            int at = count;
            while (i < end && text.charAt(i) < 0x80) {
                pending[at++] = (byte) text.charAt(i++);
            }
            count = at;
        }
        return i;
    }

    private void one(int b) {
        if (count == pending.length) {
            drain();
        }
        pending[count++] = (byte) b;
    }

    private void drain() {
        digest.update(pending, 0, count);
        count = 0;
    }

    // Ends what was taken in, and with it this round, whatever comes of it.
    private boolean ends(@Nullable String hex) {
        drain();
        try {
            digest.digest(result, 0, MD5_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("sqs: a digest of MD5 is 16 bytes", e);
        }
        if (hex == null || hex.length() != 2 * MD5_BYTES) {
            return false;
        }
        for (int i = 0; i < MD5_BYTES; i++) {
            if (hex.charAt(2 * i) != Character.forDigit((result[i] >> 4) & 15, 16)
                    || hex.charAt(2 * i + 1) != Character.forDigit(result[i] & 15, 16)) {
                return false;
            }
        }
        return true;
    }
}
