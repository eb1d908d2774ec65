package dev.transload.mq.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;

/** A work queue of images: each is resized by one of the workers, however large it is. */
public final class Images {

    static final Queue<byte[]> UPLOADS = Queue.of("image-uploads", byte[].class);

    private static final String STORED = "image.stored";

    private Images() {}

    /** Sends the image, or, if that is more than the broker takes, where it was put. */
    public static String uploaded(MqClient mq, byte[] image, Storage storage) {
        try {
            return mq.send(UPLOADS, image);
        } catch (MessageTooLargeException e) { // thrown before anything was sent
            return mq.send(UPLOADS, storage.put(image).getBytes(UTF_8), SendOptions.type(STORED));
        }
    }

    /** One worker, with one image at a time; start as many as there is to do, here and in other processes. */
    public static Subscription worker(MqClient mq, Storage storage, Resizer resizer) {
        return mq.subscribe(
                UPLOADS,
                delivery -> {
                    boolean stored = STORED.equals(delivery.message().type());
                    resizer.resize(stored ? storage.get(new String(delivery.payload(), UTF_8)) : delivery.payload());
                },
                SubscribeOptions.builder().concurrency(1).build());
    }

    /** What keeps files. */
    public interface Storage {

        /** Keeps it and returns where it is. */
        String put(byte[] file);

        /** What was put there. */
        byte[] get(String where);
    }

    /** What resizes an image for real. */
    @FunctionalInterface
    public interface Resizer {

        /** Resizes it, or throws. */
        void resize(byte[] image) throws InterruptedException;
    }
}
