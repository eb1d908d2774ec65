package dev.transload.mq.client;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.AsyncMessageHandler;
import dev.transload.mq.DeadLetters;
import dev.transload.mq.Group;
import dev.transload.mq.Health;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.Source;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks what a subscription asks for, declares what it needs, and starts it. Thread-safe. */
final class Subscribing {

    private static final int ORDERED_PREFETCH = 1_000;
    private static final int PREFETCH = 250;

    private final Engine engine;
    private final Shapes shapes;
    private final GroupFilters filters = new GroupFilters();

    Subscribing(Engine engine, Shapes shapes) {
        this.engine = engine;
        this.shapes = shapes;
    }

    <T> Subscription subscribe(
            Source<T> source,
            @Nullable MessageHandler<T> sync,
            @Nullable AsyncMessageHandler<T> async,
            SubscribeOptions options) {
        requireNonNull(source, "source");
        requireNonNull(options, "options");
        Place place = Places.of(source);
        Capabilities capable = shapes.check(place);
        Group<T> group = source instanceof Group<T> g ? g : null;
        boolean ephemeral = group != null && group.isEphemeral();
        checkGroup(group, place, capable);
        checkOptions(options, place, capable, ephemeral);
        engine.requireOpen("subscribe to " + source.name());
        Place deadLetters = deadLetterPlace(place, options, ephemeral);
        int prefetch = prefetch(options, place, capable);
        if (PriorityLanes.needed(place.shape(), capable)) {
            PriorityLanes.shares(place.name(), prefetch, place.shape().priorities(), capable);
        }
        FlowSpec<T> spec = new FlowSpec<>(
                source.name(),
                group == null ? place.name() : group.topic(),
                group == null ? null : group.group(),
                place,
                place,
                deadLetters,
                suspects(place, capable, ephemeral),
                false,
                ephemeral,
                source.codec(),
                sync,
                async,
                options,
                prefetch,
                capable,
                group == null ? Map.of() : group.headerFilter(),
                group != null && group.isPattern() ? new TopicMatcher(group.topic()) : null,
                false);
        boolean durable = group != null && !ephemeral;
        if (durable) {
            filters.join(place.name(), spec.headerFilter());
        }
        ClientSubscription subscription;
        try {
            subscription = start(spec, group, deadLetters);
        } catch (RuntimeException e) {
            if (durable) {
                filters.leave(place.name());
            }
            throw e;
        }
        Place alone = spec.suspects();
        if (alone != null && !spec.ordered()) {
            engine.lazyFlows().watch(alone, () -> runAlone(spec, alone));
        }
        engine.delays().help();
        Waits.whenDone(subscription.left(), (done, e) -> {
            // One that ended by itself stays, for health to tell, until it is closed or another takes its place.
            if (subscription.state() != Subscription.State.FAILED) {
                engine.subscriptions().remove(subscription);
            }
            if (durable) {
                filters.leave(place.name());
            }
            if (alone != null && !spec.ordered()) {
                engine.lazyFlows().forget(alone);
            }
        });
        return subscription;
    }

    private <T> ClientSubscription start(FlowSpec<T> spec, @Nullable Group<T> group, @Nullable Place deadLetters) {
        Place place = spec.place();
        SubscribeOptions options = spec.options();
        declare(group, place, deadLetters);
        ReceiveSpec receive = ReceiveSpec.builder(place, spec.prefetch())
                .concurrency(options.manualSettle() ? spec.prefetch() : options.concurrency())
                .lease(options.lease())
                .maxProcessingTime(options.maxProcessingTime())
                .ephemeral(spec.ephemeral())
                .pattern(group != null && group.isPattern())
                .startAt(group == null ? null : group.start())
                .headerFilter(spec.headerFilter())
                .build();
        return engine.subscribe(spec, receive);
    }

    // Nothing beside it: one message, one handler.
    private <T> LazyFlows.Plan runAlone(FlowSpec<T> spec, Place place) {
        SubscribeOptions options =
                spec.options().toBuilder().concurrency(1).prefetch(1).build();
        FlowSpec<T> alone =
                spec.over(place, true, 1, options, engine.transport().capabilities(place.shape()));
        ReceiveSpec receive = ReceiveSpec.builder(place, 1)
                .lease(options.lease())
                .maxProcessingTime(options.maxProcessingTime())
                .build();
        return new LazyFlows.Plan(alone, receive);
    }

    private static void checkGroup(@Nullable Group<?> group, Place place, Capabilities capable) {
        if (group == null) {
            return;
        }
        if (group.isPattern()) {
            Shapes.require(capable, Capability.PATTERN, place, "topic patterns");
        }
        if (group.isPattern() && PriorityLanes.needed(place.shape(), capable)) {
            throw Refused.capability(
                    Capability.PRIORITY, "topic patterns with priorities (" + place.name() + ")", capable);
        }
        if (group.start() != null) {
            Shapes.require(capable, Capability.HISTORY, place, "replay");
        }
    }

    private void checkOptions(SubscribeOptions options, Place place, Capabilities capable, boolean ephemeral) {
        boolean ordered = place.shape().ordered();
        Duration most = Retries.maxDelay(engine, ordered, ephemeral, capable, options.lease());
        options.retry().longestDelay().ifPresent(longest -> {
            if (longest.compareTo(most) > 0) {
                throw Refused.retry(place.name(), most, longest, capable);
            }
        });
        if (capable.has(Capability.RENEW)) {
            if (options.lease().compareTo(capable.maxLease()) > 0) {
                throw Refused.lease("lease", place.name(), options.lease(), capable);
            }
        }
        if (options.maxProcessingTime().compareTo(capable.maxLease()) >= 0) {
            throw Refused.lease("maxProcessingTime", place.name(), options.maxProcessingTime(), capable);
        }
        if (place.name().equals(options.deadLetterQueue())) {
            throw new IllegalArgumentException(
                    "deadLetterQueue must not be the queue itself, was " + options.deadLetterQueue());
        }
    }

    private static @Nullable Place deadLetterPlace(Place place, SubscribeOptions options, boolean ephemeral) {
        if (!options.deadLettering() || (ephemeral && options.deadLetterQueue() == null)) {
            return null;
        }
        return Places.deadLetters(place, options.deadLetterQueue());
    }

    private static int prefetch(SubscribeOptions options, Place place, Capabilities capable) {
        int wanted = options.prefetch();
        if (wanted == 0) {
            wanted = Math.max(place.shape().ordered() ? ORDERED_PREFETCH : PREFETCH, 2 * options.concurrency());
        }
        return Math.min(wanted, Math.max(options.concurrency(), capable.maxInFlightSpan()));
    }

    private static @Nullable Place suspects(Place place, Capabilities capable, boolean ephemeral) {
        boolean needed = !capable.counting().exact() && !ephemeral;
        return needed ? Places.suspects(place) : null;
    }

    private void declare(@Nullable Group<?> group, Place place, @Nullable Place deadLetters) {
        Duration most = engine.settings().sendTimeout();
        if (group == null) {
            Waits.join("declare " + place.name(), engine.declared(place), most);
        } else if (!group.isPattern()) {
            Place topic = new Place(Place.Role.TOPIC, group.topic(), null, null, group.shape(), group.portable());
            Waits.join("declare " + topic.name(), engine.declared(topic), most);
        }
        if (deadLetters != null) {
            Waits.join("declare " + deadLetters.name(), engine.declared(deadLetters), most);
        }
    }

    DeadLetters deadLetters(Source<?> source, @Nullable String instead) {
        if (source instanceof Group<?> group && group.isEphemeral() && instead == null) {
            throw new IllegalArgumentException("an ephemeral group of " + group.topic() + " keeps no dead letters");
        }
        Place home = Places.of(source);
        return new DeadLetterPlace(engine, Places.deadLetters(home, instead), home);
    }

    Health health() {
        Duration contact = Duration.ZERO;
        if (engine.isClosed()) {
            return new Health(Health.Status.DOWN, "closed", contact);
        }
        if (!engine.connection().isUp()) {
            return new Health(
                    Health.Status.DOWN, "reconnecting: " + engine.connection().why(), contact);
        }
        List<ClientSubscription> all = List.copyOf(engine.subscriptions());
        for (ClientSubscription subscription : all) {
            Health one = subscription.health();
            Subscription.State state = subscription.state();
            if (one.status() != Health.Status.UP
                    && state != Subscription.State.PAUSED
                    && state != Subscription.State.CLOSED) {
                return new Health(
                        Health.Status.DEGRADED, subscription.source() + ": " + one.detail(), one.sinceContact());
            }
        }
        return new Health(Health.Status.UP, all.size() + " subscriptions", contact);
    }
}
