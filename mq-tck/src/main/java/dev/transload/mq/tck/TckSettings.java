package dev.transload.mq.tck;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * How a run was asked for.
 *
 * @param provider class name of the {@link MqTckProvider}
 * @param timeScale factor on all waits
 * @param patience how long something may take that must happen, before the factor
 * @param tiers which cases
 * @param certificate whether what was asked for and shows nothing fails the run
 * @param seed of all that is drawn at random
 * @param reports folder of the results
 */
record TckSettings(
        String provider,
        double timeScale,
        Duration patience,
        Set<Tier> tiers,
        boolean certificate,
        long seed,
        Path reports) {

    static final String PROVIDER = "mqtck.provider";
    static final String TIME_SCALE = "mqtck.timeScale";
    static final String TIERS = "mqtck.tiers";
    static final String REPORTS = "mqtck.reports";
    static final String PATIENCE = "mqtck.patience";
    static final String CERTIFICATE = "mqtck.certificate";
    static final String SEED = "mqtck.seed";
    static final String URI = "mqtck.uri";
    static final String KIND = "mqtck.kind";

    TckSettings {
        if (!(timeScale > 0 && timeScale <= 100)) {
            throw new IllegalStateException(TIME_SCALE + " must be above 0 and at most 100, was " + timeScale);
        }
        if (patience.isNegative() || patience.isZero() || patience.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalStateException(
                    PATIENCE + " must be above 0 and at most 3600 seconds, was " + patience.toMillis() / 1000.0);
        }
    }

    /**
     * Reads the settings.
     *
     * @throws IllegalStateException if one makes no sense; the text names it
     */
    static TckSettings read(Function<String, Optional<String>> settings) {
        String provider = settings.apply(PROVIDER)
                .orElseThrow(() -> new IllegalStateException(
                        "name a " + MqTckProvider.class.getName() + " in the configuration parameter " + PROVIDER));
        return new TckSettings(
                provider,
                number(settings, TIME_SCALE, 1),
                Duration.ofMillis((long) (number(settings, PATIENCE, 30) * 1_000)),
                Tier.of(settings.apply(TIERS).orElse("T0,T1")),
                settings.apply(CERTIFICATE).map(Boolean::parseBoolean).orElse(false),
                (long) number(settings, SEED, ThreadLocalRandom.current().nextInt(1_000_000_000)),
                Path.of(settings.apply(REPORTS).orElse("target/mq-tck")));
    }

    private static double number(Function<String, Optional<String>> settings, String name, double unlessGiven) {
        String text = settings.apply(name).orElse("").strip();
        try {
            return text.isEmpty() ? unlessGiven : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalStateException(name + " must be a number, was '" + text + "'", e);
        }
    }
}
