package dev.transload.mq;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;

/** Text as UTF-8, strict in both directions: what cannot be carried is refused, never replaced. */
final class StringCodec implements Codec<String> {

    static final StringCodec INSTANCE = new StringCodec();

    private StringCodec() {}

    @Override
    public byte[] encode(String payload) {
        CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
        try {
            ByteBuffer bytes = encoder.encode(CharBuffer.wrap(payload));
            byte[] body = new byte[bytes.remaining()];
            bytes.get(body);
            return body;
        } catch (CharacterCodingException e) {
            throw new CodecException("text has a lone surrogate", e);
        }
    }

    @Override
    public String decode(byte[] body) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        try {
            return decoder.decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw new CodecException("body of " + body.length + " bytes is not UTF-8", e);
        }
    }

    @Override
    public String contentType() {
        return "text/plain; charset=utf-8";
    }
}
