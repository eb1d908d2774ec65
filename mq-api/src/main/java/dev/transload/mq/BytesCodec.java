package dev.transload.mq;

/**
 * Payloads that are bytes already. Decoding copies, so that a handler may change what it gets. Messages carry no content
 * type, for one that only says "bytes" tells nobody anything (RFC 9110, section 8.3, has whoever misses it assume that).
 */
final class BytesCodec implements Codec<byte[]> {

    static final BytesCodec INSTANCE = new BytesCodec();

    private BytesCodec() {}

    @Override
    public byte[] encode(byte[] payload) {
        return payload;
    }

    @Override
    public byte[] decode(byte[] body) {
        return body.clone();
    }

    @Override
    public byte[] decode(Message message) {
        return message.copyBody();
    }
}
