package dev.transload.mq.redis;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What to do about a place that is not there: a server that we have just come to may have forgotten it, and then it is
 * made again; else someone has deleted it, which is the receiver's end.
 *
 * <p>Used by the receiver's thread alone.
 */
final class PlaceLoss {

    private static final Logger LOG = LoggerFactory.getLogger(PlaceLoss.class);

    private final Surroundings around;
    private final ReceiveSpec spec;
    private final Place place;
    private final String group;

    PlaceLoss(Surroundings around, ReceiveSpec spec, String group) {
        this.around = around;
        this.spec = spec;
        this.place = spec.from();
        this.group = group;
    }

    /** Whether an error says that the place is not there. */
    static boolean isOne(JedisDataException cause) {
        return RedisErrors.isMissing(cause) || RedisErrors.code(cause).equals("WRONGTYPE");
    }

    /**
     * Makes the place again if it may have been forgotten, and gives the receiver's end if there is no point.
     *
     * @param fresh whether nothing has been received over the connection yet
     */
    Optional<MessagingException> repair(JedisDataException cause, boolean fresh) throws InterruptedException {
        if (fresh || spec.ephemeral() || TopicPatterns.isPattern(place)) {
            return makeAgain();
        }
        around.topology().forget(place);
        return Optional.of(new DestinationNotFoundException("redis: " + place.name() + " is gone", cause));
    }

    private Optional<MessagingException> makeAgain() throws InterruptedException {
        try {
            made().get(around.options().timeout().toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DestinationNotFoundException missing) {
                return Optional.of(missing);
            }
            LOG.debug("redis: place {} could not be made again", place.name(), e);
        } catch (TimeoutException e) {
            LOG.debug("redis: place {} was not made again yet", place.name(), e);
        }
        return Optional.empty();
    }

    private CompletableFuture<Void> made() {
        if (spec.ephemeral()) {
            return around.topology().declareEphemeral(place, group);
        }
        return place.role() == Role.GROUP
                ? around.topology().declareGroup(place, Instant.EPOCH)
                : around.topology().declare(place);
    }
}
