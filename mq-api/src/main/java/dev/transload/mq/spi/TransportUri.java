package dev.transload.mq.spi;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A connection URI taken apart: {@code scheme://user:password@host:port,host:port/path?option=value}.
 *
 * <p>Immutable. Its text hides the password and the values of options; errors name an option, never its value if it
 * may be a secret.
 */
public final class TransportUri {

    private final String scheme;
    private final Optional<String> username;
    private final Optional<String> password;
    private final List<HostPort> hosts;
    private final String path;
    private final Map<String, String> options;

    private TransportUri(
            String scheme,
            Optional<String> username,
            Optional<String> password,
            List<HostPort> hosts,
            String path,
            Map<String, String> options) {
        this.scheme = scheme;
        this.username = username;
        this.password = password;
        this.hosts = List.copyOf(hosts);
        this.path = path;
        this.options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Takes a URI apart.
     *
     * @throws IllegalArgumentException if it is not one; the text does not repeat it, since it may hold a password
     */
    public static TransportUri parse(String uri) {
        requireNonNull(uri, "uri");
        if (uri.isBlank()) {
            throw new IllegalArgumentException("uri must not be blank");
        }
        int colon = uri.indexOf(':');
        if (colon < 1 || !uri.substring(0, colon).matches("[A-Za-z][A-Za-z0-9+.-]*")) {
            throw new IllegalArgumentException("uri must start with a scheme such as 'inmemory:' or 'rabbitmq:'");
        }
        String scheme = uri.substring(0, colon).toLowerCase(Locale.ROOT);
        for (int i = 0; i < uri.length(); i++) {
            if (uri.charAt(i) <= 0x20 || uri.charAt(i) == 0x7f) {
                throw new IllegalArgumentException(
                        "uri of scheme " + scheme + " must have no blanks or control characters, had one at " + i);
            }
        }
        String rest = uri.substring(colon + 1);
        String query = "";
        int mark = rest.indexOf('?');
        if (mark >= 0) {
            query = rest.substring(mark + 1);
            rest = rest.substring(0, mark);
        }
        String authority = "";
        String path = rest;
        if (rest.startsWith("//")) {
            int slash = rest.indexOf('/', 2);
            authority = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
            path = slash < 0 ? "" : rest.substring(slash);
        }
        int equals = query.indexOf('=');
        boolean astray = path.indexOf('@') >= 0 || (equals < 0 ? query : query.substring(0, equals)).indexOf('@') >= 0;
        if (astray && authority.indexOf('@') < 0) {
            throw new IllegalArgumentException("uri of scheme " + scheme
                    + " has an '@' behind its hosts: in a password escape '/' as %2F and '?' as %3F");
        }
        Optional<String> username = Optional.empty();
        Optional<String> password = Optional.empty();
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            String user = authority.substring(0, at);
            authority = authority.substring(at + 1);
            int split = user.indexOf(':');
            username = Optional.of(decode(scheme, "username", split < 0 ? user : user.substring(0, split)));
            if (split >= 0) {
                password = Optional.of(decode(scheme, "password", user.substring(split + 1)));
            }
        }
        return new TransportUri(scheme, username, password, hosts(scheme, authority), path, options(scheme, query));
    }

    private static List<HostPort> hosts(String scheme, String authority) {
        List<HostPort> hosts = new ArrayList<>();
        if (authority.isEmpty()) {
            return hosts;
        }
        for (String part : authority.split(",", -1)) {
            try {
                URI one = new URI("x://" + part);
                if (one.getHost() == null || one.getUserInfo() != null) {
                    throw notAHost(scheme, hosts.size());
                }
                if (one.getPort() == 0 || one.getPort() > 65535) {
                    throw new IllegalArgumentException(
                            "uri of scheme " + scheme + ": port must be 1 to 65535, was " + one.getPort());
                }
                hosts.add(new HostPort(one.getHost(), one.getPort()));
            } catch (URISyntaxException e) {
                throw notAHost(scheme, hosts.size());
            }
        }
        return hosts;
    }

    // What stands there may be part of a password.
    private static IllegalArgumentException notAHost(String scheme, int before) {
        return new IllegalArgumentException("uri of scheme " + scheme + ": host number " + (before + 1)
                + " is none; in user name and password '/', '?', '#' and '@' are escaped");
    }

    private static Map<String, String> options(String scheme, String query) {
        Map<String, String> options = new LinkedHashMap<>();
        if (query.isEmpty()) {
            return options;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decode(scheme, "option name", equals < 0 ? pair : pair.substring(0, equals));
            if (name.isEmpty() || equals < 0) {
                throw new IllegalArgumentException(
                        "uri of scheme " + scheme + ": options are written name=value, joined by &");
            }
            if (options.putIfAbsent(name, decode(scheme, "option " + name, pair.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("uri of scheme " + scheme + " gives option " + name + " twice");
            }
        }
        return options;
    }

    private static String decode(String scheme, String what, String text) {
        String decoded;
        try {
            decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "uri of scheme " + scheme + ": " + what + " has a '%' that starts no valid escape");
        }
        // These are shown to people and sent to brokers; a password is neither read nor written in lines.
        if (!what.equals("password") && decoded.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("uri of scheme " + scheme + ": " + what + " has a control character");
        }
        return decoded;
    }

    /** The same URI with these credentials in place of its own. */
    public TransportUri withCredentials(String user, String secret) {
        return new TransportUri(
                scheme,
                Optional.of(requireNonNull(user, "username")),
                Optional.of(requireNonNull(secret, "password")),
                hosts,
                path,
                options);
    }

    /** The same URI with one more option, or another value for it. */
    public TransportUri withOption(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(options);
        all.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
        return new TransportUri(scheme, username, password, hosts, path, all);
    }

    /** The same URI without these options. */
    public TransportUri withoutOptions(Set<String> names) {
        Map<String, String> rest = new LinkedHashMap<>(options);
        rest.keySet().removeAll(names);
        return new TransportUri(scheme, username, password, hosts, path, rest);
    }

    /** Lower-case scheme. */
    public String scheme() {
        return scheme;
    }

    public Optional<String> username() {
        return username;
    }

    public Optional<String> password() {
        return password;
    }

    /** Hosts in the order given; empty if the URI names none. */
    public List<HostPort> hosts() {
        return hosts;
    }

    /** What stands between authority and query, still escaped, with its leading slash if it has one. */
    public String path() {
        return path;
    }

    /** Names and values of all options, in the order given. */
    public Map<String, String> options() {
        return options;
    }

    /** Value of an option. */
    public Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /** Value of an option that is a whole number within bounds. */
    public int intOption(String name, int unlessGiven, int min, int max) {
        String text = options.get(name);
        if (text == null) {
            return unlessGiven;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below, with the bounds
        }
        throw new IllegalArgumentException(
                "option " + name + " must be a whole number from " + min + " to " + max + ", was '" + text + "'");
    }

    /** Value of an option that is {@code true} or {@code false}. */
    public boolean booleanOption(String name, boolean unlessGiven) {
        String text = options.get(name);
        if (text == null) {
            return unlessGiven;
        }
        if (text.equals("true") || text.equals("false")) {
            return Boolean.parseBoolean(text);
        }
        throw new IllegalArgumentException("option " + name + " must be true or false, was '" + text + "'");
    }

    /** Value of an option that is a duration: a whole number with {@code ms}, {@code s}, {@code m} or {@code h}. */
    public Duration durationOption(String name, Duration unlessGiven, Duration min, Duration max) {
        String text = options.get(name);
        return text == null ? unlessGiven : duration("option " + name, text, min, max);
    }

    /** Reads a duration such as {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}. */
    public static Duration duration(String what, String text, Duration min, Duration max) {
        java.util.regex.Matcher m =
                java.util.regex.Pattern.compile("(\\d{1,12})(ms|s|m|h)").matcher(text);
        if (m.matches()) {
            long amount = Long.parseLong(m.group(1));
            Duration value = switch (m.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
            if (value.compareTo(min) >= 0 && value.compareTo(max) <= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException(what + " must be a duration such as 500ms, 30s, 5m or 2h between " + min
                + " and " + max + ", was '" + text + "'");
    }

    /**
     * Checks that every option is known.
     *
     * @param known names of options; one that ends in {@code .*} stands for all that start so
     * @throws IllegalArgumentException if one is not; the text names it and the known ones
     */
    public void requireKnownOptions(Set<String> known) {
        for (String name : options.keySet()) {
            if (!known.contains(name) && known.stream().noneMatch(all -> isOneOf(all, name))) {
                throw new IllegalArgumentException("unknown option '" + name + "' in a uri of scheme " + scheme
                        + "; known are " + new TreeSet<>(known));
            }
        }
    }

    private static boolean isOneOf(String all, String name) {
        return all.endsWith(".*")
                && name.length() >= all.length()
                && name.startsWith(all.substring(0, all.length() - 1));
    }

    /** The URI without its password and without the values of its options. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(scheme).append(':');
        if (!hosts.isEmpty() || username.isPresent()) {
            text.append("//");
            username.ifPresent(user -> text.append(user).append(password.isPresent() ? ":***@" : "@"));
            text.append(String.join(",", hosts.stream().map(HostPort::toString).toList()));
        }
        text.append(path);
        if (!options.isEmpty()) {
            text.append('?')
                    .append(String.join(
                            "&", options.keySet().stream().map(n -> n + "=…").toList()));
        }
        return text.toString();
    }

    /**
     * A host and a port.
     *
     * @param host name or address; an IPv6 address in brackets
     * @param port 1 to 65,535, or -1 if the URI gives none
     */
    public record HostPort(String host, int port) {

        /** The port, or the given one if the URI gives none. */
        public int portOr(int unlessGiven) {
            return port < 0 ? unlessGiven : port;
        }

        @Override
        public String toString() {
            return port < 0 ? host : host + ":" + port;
        }
    }
}
