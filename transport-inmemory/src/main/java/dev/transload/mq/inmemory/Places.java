package dev.transload.mq.inmemory;

import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The places of a broker: which there are, of which shape, and which groups belong to which topics. Guarded by its lock. */
final class Places {

    private final Broker broker;
    private final Map<String, Mailbox> mailboxes = new LinkedHashMap<>();
    private final Map<String, TopicState> topics = new LinkedHashMap<>();
    private final Map<String, Mailbox> inboxes = new LinkedHashMap<>();
    private final Map<Mailbox, Binding> bindings = new LinkedHashMap<>();

    Places(Broker broker) {
        this.broker = broker;
    }

    /** Makes or checks a place. */
    void declare(Place place, Topology policy) {
        if (policy == Topology.NONE || place.role() == Role.REPLY) {
            return;
        }
        if (place.role() == Role.TOPIC) {
            topic(place.name(), place.shape(), policy);
        } else {
            mailbox(place, policy);
        }
    }

    private TopicState topic(String name, Shape shape, Topology policy) {
        TopicState topic = topics.get(name);
        if (topic != null) {
            if (policy != Topology.NONE && !topic.shape.equals(shape)) {
                throw mismatch("topic " + name, topic.shape, shape);
            }
            return topic;
        }
        if (policy != Topology.CREATE) {
            throw missing("topic " + name);
        }
        Mailbox other = mailboxes.get(name);
        if (other != null) {
            throw new DestinationMismatchException(
                    "inmemory: " + name + " is a " + role(other.place.role()) + ", not a topic", null);
        }
        TopicState made = new TopicState(broker, name, shape);
        topics.put(name, made);
        bindings.forEach((mailbox, binding) -> {
            if (TopicNames.matches(binding.topics, name)) {
                made.groups.add(mailbox);
            }
        });
        return made;
    }

    private Mailbox mailbox(Place place, Topology policy) {
        Mailbox mailbox = mailboxes.get(place.name());
        if (mailbox != null) {
            if (policy != Topology.NONE && !fits(mailbox.place, place)) {
                throw mismatch(role(place.role()) + " " + place.name(), mailbox.place.shape(), place.shape());
            }
            return mailbox;
        }
        if (policy != Topology.CREATE) {
            throw missing(role(place.role()) + " " + place.name());
        }
        if (topics.containsKey(place.name())) {
            throw new DestinationMismatchException(
                    "inmemory: " + place.name() + " is a topic, not a " + role(place.role()), null);
        }
        Mailbox made = make(place);
        mailboxes.put(place.name(), made);
        if (place.role() == Role.GROUP) {
            bind(made, place, policy);
        }
        return made;
    }

    /** Dead letters may be sent to any queue there is; all else has one shape. */
    private static boolean fits(Place existing, Place asked) {
        return asked.role() == Role.DEAD_LETTERS || existing.shape().equals(asked.shape());
    }

    private Mailbox make(Place place) {
        Shape shape = place.shape();
        if (!shape.ordered()) {
            return new OpenMailbox(broker, place, new PriorityBacklog(shape.priorities()));
        }
        if (broker.profile.capabilities(shape).has(Capability.KEY_HOLD)) {
            return new OpenMailbox(broker, place, new KeyBacklog());
        }
        int lanes = shape.partitions() == 0 ? broker.profile.lanes() : shape.partitions();
        return new LaneMailbox(broker, place, lanes);
    }

    private void bind(Mailbox mailbox, Place place, Topology policy) {
        String asked = place.topic();
        if (asked == null) {
            throw new IllegalArgumentException("a group's place must name its topic: " + place.name());
        }
        if (!TopicNames.isPattern(asked)) {
            topic(asked, place.shape(), policy);
        }
        Binding binding = new Binding(asked, broker.nextSeq());
        bindings.put(mailbox, binding);
        attach(mailbox, binding);
    }

    private void attach(Mailbox mailbox, Binding binding) {
        for (TopicState topic : topics.values()) {
            if (TopicNames.matches(binding.topics, topic.name) && !topic.groups.contains(mailbox)) {
                topic.groups.add(mailbox);
            }
        }
    }

    /** The mailbox that a receiver asks for, made if it may be. */
    Mailbox open(ReceiveSpec spec, Topology policy, String owner) {
        Place place = spec.from();
        if (spec.ephemeral()) {
            Mailbox own = make(new Place(
                    Role.GROUP, place.name() + "--" + owner, place.topic(), null, place.shape(), place.portable()));
            bind(own, place, policy);
            return own;
        }
        Mailbox mailbox = mailbox(place, policy);
        Binding binding = bindings.get(mailbox);
        if (binding != null && !binding.received) {
            binding.received = true;
            if (spec.startAt() != null) {
                replay(mailbox, binding, spec.startAt());
            }
        }
        return mailbox;
    }

    /** What came since the group was made is kept too, and all of it put in order. */
    private void replay(Mailbox mailbox, Binding binding, Instant from) {
        List<Entry> past = new ArrayList<>();
        long since = from.toEpochMilli();
        boolean kept = false;
        for (TopicState topic : topics.values()) {
            if (topic.history != null && TopicNames.matches(binding.topics, topic.name)) {
                kept = true;
                past.addAll(topic.history.select(
                        broker.time.millis(), e -> e.storedAt >= since || e.seq >= binding.madeAt));
            }
        }
        if (kept) {
            mailbox.clear();
            past.sort(Comparator.comparingLong(e -> e.seq));
            past.forEach(entry -> mailbox.arrive(entry.fresh()));
        }
    }

    /** A new private inbox of that address. */
    Mailbox inbox(String address) {
        Mailbox inbox = make(Place.of(Role.REPLY, address, Shape.PLAIN));
        inboxes.put(address, inbox);
        return inbox;
    }

    /** Whether a broker's own limit on deliveries holds there. */
    boolean isLimited(Mailbox mailbox) {
        return switch (mailbox.place.role()) {
            case QUEUE, GROUP, SUSPECTS, PRIORITY_LANE -> !isPrivate(mailbox);
            default -> false;
        };
    }

    /** The dead letters of a mailbox, made if there are none. */
    Mailbox deadLetters(Mailbox of) {
        Place place = Place.of(Role.DEAD_LETTERS, of.place.name() + ".dlq", Shape.PLAIN);
        return mailbox(place, Topology.CREATE);
    }

    /** Where a message to that place arrives. */
    Target target(Place place) {
        Target target = find(place);
        if (target == null) {
            throw missing(role(place.role()) + " " + place.name());
        }
        return target;
    }

    private @Nullable Target find(Place place) {
        return switch (place.role()) {
            case TOPIC -> topics.get(place.name());
            case REPLY -> inboxes.get(place.name());
            default -> mailboxes.get(place.name());
        };
    }

    @Nullable
    Mailbox mailbox(String name) {
        return mailboxes.get(name);
    }

    @Nullable
    TopicState topic(String name) {
        return topics.get(name);
    }

    /** Names of all places that are not private to a client. */
    Set<String> names() {
        Set<String> names = new TreeSet<>(mailboxes.keySet());
        names.addAll(topics.keySet());
        return names;
    }

    /** The last receiver of a mailbox has gone: what was private to it ends. */
    void left(Mailbox mailbox) {
        if (mailbox.flows.isEmpty() && isPrivate(mailbox)) {
            cutOff(mailbox);
            bindings.remove(mailbox);
            mailbox.delete();
        }
    }

    /** Nothing arrives at a private mailbox while its client is not connected. */
    void cutOff(Mailbox mailbox) {
        if (isPrivate(mailbox)) {
            inboxes.remove(mailbox.place.name(), mailbox);
            topics.values().forEach(topic -> topic.groups.remove(mailbox));
            mailbox.clear();
        }
    }

    /** Messages arrive again at a private mailbox. */
    void restore(Mailbox mailbox) {
        if (isPrivate(mailbox) && !mailbox.deleted()) {
            Binding binding = bindings.get(mailbox);
            if (binding == null) {
                inboxes.put(mailbox.place.name(), mailbox);
            } else {
                if (!TopicNames.isPattern(binding.topics)) {
                    topic(binding.topics, mailbox.place.shape(), Topology.CREATE);
                }
                attach(mailbox, binding);
            }
        }
    }

    /** Loses everything but what is private to clients. Nothing may be out. */
    void forget() {
        for (Mailbox mailbox : mailboxes.values()) {
            broker.forgetHeld(mailbox);
            bindings.remove(mailbox);
            mailbox.delete();
        }
        mailboxes.clear();
        topics.values().forEach(TopicState::delete);
        topics.clear();
    }

    /** The mailbox that takes the place of one that was lost. */
    Mailbox again(Mailbox lost) {
        return mailbox(lost.place, Topology.CREATE);
    }

    private boolean isPrivate(Mailbox mailbox) {
        return mailboxes.get(mailbox.place.name()) != mailbox;
    }

    /** Removes a place; its receivers end. */
    void delete(Place place) {
        if (place.role() == Role.TOPIC) {
            TopicState topic = topics.remove(place.name());
            if (topic != null) {
                topic.delete();
            }
            return;
        }
        Mailbox mailbox = mailboxes.remove(place.name());
        if (mailbox != null) {
            bindings.remove(mailbox);
            topics.values().forEach(topic -> topic.groups.remove(mailbox));
            broker.forgetHeld(mailbox);
            mailbox.delete();
            for (Flow flow : List.copyOf(mailbox.flows)) {
                flow.fail(missing(role(place.role()) + " " + place.name() + ", it was deleted"));
            }
        }
    }

    private static DestinationNotFoundException missing(String what) {
        return new DestinationNotFoundException("inmemory: there is no " + what, null);
    }

    private static DestinationMismatchException mismatch(String what, Shape is, Shape asked) {
        return new DestinationMismatchException(
                "inmemory: " + what + " exists as " + is + ", was asked for as " + asked, null);
    }

    private static String role(Role role) {
        return role.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    /** Which topics a group gets, and since when. */
    private static final class Binding {
        private final String topics;
        private final long madeAt;
        private boolean received;

        private Binding(String topics, long madeAt) {
            this.topics = topics;
            this.madeAt = madeAt;
        }
    }
}
