package dev.transload.mq.examples.shop;

import static dev.transload.mq.examples.shop.Places.MAILS;

import dev.transload.mq.Delivery;
import dev.transload.mq.Idempotency;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.io.IOException;

/** Sends e-mails, again and again while the mail server does not take them. */
final class MailRoom {

    private final MailServer server;
    private final Journal journal;

    MailRoom(MailServer server, Journal journal) {
        this.server = server;
        this.journal = journal;
    }

    void open(MqClient mq, Pace pace, IdempotencyStore store) {
        mq.subscribe(
                MAILS,
                journal.noting("mail room", this::send),
                SubscribeOptions.builder()
                        .concurrency(8)
                        .retry(pace.mails())
                        .idempotency(Idempotency.byMessageId(store))
                        .listener(journal.listener("mail room"))
                        .build());
    }

    private void send(Delivery<Mail> delivery) throws IOException {
        Mail mail = delivery.payload();
        server.send(delivery);
        journal.note("mails", delivery.id(), mail.customer() + ": " + mail.text());
    }

    /** What takes e-mails. */
    @FunctionalInterface
    interface MailServer {

        /** Takes it, or throws. */
        void send(Delivery<Mail> mail) throws IOException;
    }
}
