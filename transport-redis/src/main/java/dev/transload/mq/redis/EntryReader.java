package dev.transload.mq.redis;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries for one consumer and makes deliveries of them.
 *
 * <p>Used by the receiver's thread alone.
 */
final class EntryReader implements Reader {

    private final Surroundings around;
    private final ReceiverLink link;
    private final Place place;
    private final byte[] consumer;
    private final Deliveries deliveries;
    private final Outstanding out;
    private final BooleanSupplier mayTake;
    private final Credit credit;
    private final byte[] bodyField;
    private final EntryFields fields = new EntryFields();

    /** What a read brought. */
    enum Came {
        NOTHING,
        ALL_THERE_WAS,
        /** There may be more of a stream. */
        ALL_ASKED_FOR
    }

    /**
     * @param mayTake whether the receiver still takes deliveries
     */
    EntryReader(
            Surroundings around,
            ReceiverLink link,
            Place place,
            byte[] consumer,
            Deliveries deliveries,
            Outstanding out,
            BooleanSupplier mayTake,
            Credit credit) {
        this.around = around;
        this.link = link;
        this.place = place;
        this.consumer = consumer;
        this.deliveries = deliveries;
        this.out = out;
        this.mayTake = mayTake;
        this.credit = credit;
        this.bodyField = around.options().bodyFieldBytes();
    }

    /**
     * Waits for entries of a feed's streams, unless there is something else to do; acks that were held go along.
     *
     * @param most how many there is credit for
     * @return what came
     */
    Came read(Feed feed, List<Source> sources, int most, int blockMillis, BooleanSupplier goOn) {
        int each = Math.max(1, most / (place.shape().ordered() ? sources.size() : 1));
        List<byte[]> arguments = new ArrayList<>(List.of(
                Bytes.of("GROUP"),
                sources.get(0).group(),
                consumer,
                Bytes.of("COUNT"),
                Bytes.of(each),
                Bytes.of("BLOCK"),
                Bytes.of(blockMillis),
                Bytes.of("STREAMS")));
        sources.forEach(source -> arguments.add(source.key()));
        sources.forEach(source -> arguments.add(Bytes.of(">")));
        Taking taking = new Taking(feed, sources);
        EntryReply reply = new EntryReply(fields, taking);
        if (!link.read(goOn, deliveries.takeHeld(), reply, arguments.toArray(new byte[0][]))) {
            return Came.NOTHING;
        }
        taking.came.forEach(feed::take);
        return taking.most >= each ? Came.ALL_ASKED_FOR : Came.ALL_THERE_WAS;
    }

    /** What one answer brings, which goes to the feed when all of it is there. */
    private final class Taking implements EntryReply.Sink {
        private final Feed feed;
        private final List<Source> sources;
        private final ArrayList<RedisDelivery> came = new ArrayList<>();
        /** Entries of the stream that brought most. */
        private int most;

        private @Nullable Source source;
        private String token = "";
        private long since;

        Taking(Feed feed, List<Source> sources) {
            this.feed = feed;
            this.sources = sources;
        }

        @Override
        public void stream(byte[] key, int entries) {
            Source from = source(key);
            source = from;
            token = feed.token(from);
            since = around.time().nanos();
            most = Math.max(most, entries);
            came.ensureCapacity(came.size() + entries);
        }

        private Source source(byte[] key) {
            for (Source one : sources) {
                if (one.is(key)) {
                    return one;
                }
            }
            throw new IllegalStateException("redis: entries of a stream that was not read: " + Bytes.text(key));
        }

        @Override
        public void entry(byte[] id, EntryFields all) {
            Source from = requireNonNull(source, "source");
            long written = RedisMessages.count(all);
            DeliveryCount count = DeliveryCount.of(1, written);
            came.add(made(from, id, message(from, id, all), count, written > 0, token, since));
        }
    }

    private Message message(Source source, byte[] id, EntryFields all) {
        return RedisMessages.read(source.stream(), id, all, bodyField);
    }

    private RedisDelivery made(
            Source source,
            byte[] id,
            Message message,
            DeliveryCount count,
            boolean doubtful,
            String token,
            long since) {
        RedisDelivery delivery = new RedisDelivery(
                deliveries, source, id, message, destination(source, message), count, doubtful, token);
        out.leased(delivery, since);
        return delivery;
    }

    private String destination(Source source, Message message) {
        if (place.role() != Role.GROUP) {
            return place.name();
        }
        return source.own()
                ? message.annotations().getOrDefault(Annotations.DESTINATION, String.valueOf(place.topic()))
                : source.stream();
    }

    @Override
    public byte[] consumer() {
        return consumer;
    }

    @Override
    public boolean mayTake() {
        return mayTake.getAsBoolean();
    }

    @Override
    public List<?> list(Script script, List<byte[]> keys, List<byte[]> arguments) {
        return link.call(script, keys, arguments) instanceof List<?> list ? list : List.of();
    }

    @Override
    public RedisDelivery claimed(Source source, Object id, Object count, Object fields, String token) {
        byte[] entry = (byte[]) id;
        EntryFields all = EntryFields.of((List<?>) fields);
        DeliveryCount known = DeliveryCount.of(Bytes.number(count), RedisMessages.count(all));
        if (out.hadBegun(EntryId.of(source, entry)) && known.starts() == 0) {
            known = known.started();
        }
        return made(
                source,
                entry,
                message(source, entry, all),
                known,
                true,
                token,
                around.time().nanos());
    }

    @Override
    public boolean isOut(EntryId entry) {
        return out.isOut(entry);
    }

    @Override
    public int credit() {
        return credit.left();
    }
}
