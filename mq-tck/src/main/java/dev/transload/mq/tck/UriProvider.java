package dev.transload.mq.tck;

import java.util.Locale;

/** A broker that is there already and is named by its URI alone. */
final class UriProvider implements MqTckProvider {

    private final String uri;
    private final BrokerKind kind;

    UriProvider(String uri, BrokerKind kind) {
        this.uri = uri;
        this.kind = kind;
    }

    @Override
    public String name() {
        return uri.substring(0, Math.max(0, uri.indexOf(':'))).toLowerCase(Locale.ROOT);
    }

    @Override
    public BrokerKind kind() {
        return kind;
    }

    @Override
    public TckBroker broker() {
        return TckBroker.at(uri);
    }
}
