package dev.transload.mq.sqs;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
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
    private final CharsetEncoder encoder = StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    /** Of the text that is taken in, what is to be encoded next. */
    private final CharBuffer chars = CharBuffer.allocate(2048);
    /** Bytes the digest has not seen. */
    private final ByteBuffer pending = ByteBuffer.allocate(2048);

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
        encoder.reset();
        int read = 0;
        CoderResult outcome;
        do {
            int end = Math.min(text.length(), read + chars.remaining());
            text.getChars(read, end, chars.array(), chars.position());
            chars.position(chars.position() + end - read).flip();
            read = end;
            outcome = encoder.encode(chars, pending, read == text.length());
            chars.compact();
            if (outcome.isOverflow()) {
                drain();
            }
        } while (outcome.isOverflow() || read < text.length());
    }

    private void one(int b) {
        if (!pending.hasRemaining()) {
            drain();
        }
        pending.put((byte) b);
    }

    private void drain() {
        digest.update(pending.array(), 0, pending.position());
        pending.clear();
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
