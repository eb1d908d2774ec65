package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.Connection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Product and version of a broker, as it tells them when it is connected to.
 *
 * @param product such as {@code RabbitMQ}
 * @param text the version as told
 * @param major its first number
 * @param minor its second number
 */
record BrokerVersion(String product, String text, int major, int minor) {

    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,6})\\.(\\d{1,6}).*");

    /** Reads what a connection was told. */
    static BrokerVersion of(Connection connection) {
        return of(
                text(connection.getServerProperties().get("product")),
                text(connection.getServerProperties().get("version")));
    }

    /** Reads a version; one that is none counts as 0.0, that is without any newer feature. */
    static BrokerVersion of(String product, String version) {
        Matcher numbers = NUMBERS.matcher(version);
        return numbers.matches()
                ? new BrokerVersion(
                        product, version, Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)))
                : new BrokerVersion(product, version, 0, 0);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "unknown" : value.toString();
    }

    /** Whether it is this version or a later one. */
    boolean atLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
    }

    @Override
    public String toString() {
        return product + " " + text;
    }
}
