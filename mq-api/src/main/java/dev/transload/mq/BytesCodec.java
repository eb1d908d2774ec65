package dev.transload.mq;

/** Payloads that are bytes already. Decoding copies, so that a handler may change what it gets. */
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

    @Override
    public String contentType() {
        return "application/octet-stream";
    }
}
