package dev.transload.mq.redis;

import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import redis.clients.jedis.Protocol.Command;

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
    }

    /**
     * Waits for entries of a feed's streams, unless there is something else to do.
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
        Object answer = link.waiting(Command.XREADGROUP, goOn, arguments.toArray(new byte[0][]));
        if (!(answer instanceof List<?> streams)) {
            return Came.NOTHING;
        }
        long now = around.time().nanos();
        boolean full = false;
        for (Object stream : streams) {
            full |= take(feed, (List<?>) stream, sources, now) >= each;
        }
        return full ? Came.ALL_ASKED_FOR : Came.ALL_THERE_WAS;
    }

    /** Returns how many. */
    private int take(Feed feed, List<?> stream, List<Source> sources, long now) {
        byte[] key = (byte[]) stream.get(0);
        Source source = sources.stream().filter(one -> one.is(key)).findFirst().orElseThrow();
        String token = feed.token(source);
        List<?> entries = (List<?>) stream.get(1);
        for (Object one : entries) {
            List<?> entry = (List<?>) one;
            if (entry.size() > 1 && entry.get(1) instanceof List<?> fields) {
                byte[] id = (byte[]) entry.get(0);
                RedisMessages.Read read = read(source, id, fields);
                DeliveryCount count = DeliveryCount.of(1, read.count());
                feed.take(made(source, id, read, count, read.count() > 0, token, now));
            }
        }
        return entries.size();
    }

    private RedisMessages.Read read(Source source, byte[] id, List<?> fields) {
        return RedisMessages.read(source.stream(), id, fields, around.options().bodyFieldBytes());
    }

    private RedisDelivery made(
            Source source,
            byte[] id,
            RedisMessages.Read read,
            DeliveryCount count,
            boolean doubtful,
            String token,
            long since) {
        RedisDelivery delivery =
                new RedisDelivery(deliveries, source, id, read, destination(source, read), count, doubtful, token);
        out.leased(delivery, since);
        return delivery;
    }

    private String destination(Source source, RedisMessages.Read read) {
        if (place.role() != Role.GROUP) {
            return place.name();
        }
        return source.own()
                ? read.message().annotations().getOrDefault(Annotations.DESTINATION, String.valueOf(place.topic()))
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
        RedisMessages.Read read = read(source, entry, (List<?>) fields);
        DeliveryCount known = DeliveryCount.of(Bytes.number(count), read.count());
        if (out.hadBegun(EntryId.of(source, entry)) && known.starts() == 0) {
            known = known.started();
        }
        return made(source, entry, read, known, true, token, around.time().nanos());
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
