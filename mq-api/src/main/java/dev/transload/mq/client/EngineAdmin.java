package dev.transload.mq.client;

import dev.transload.mq.*;
import java.util.*;

final class EngineAdmin implements MqAdmin {
    EngineAdmin(EngineContext e) {}

    public boolean exists(Destination<?> d) {
        return false;
    }

    public OptionalLong depth(Source<?> s) {
        return OptionalLong.empty();
    }

    public long deadLetterDepth(Source<?> s) {
        return 0;
    }

    public void create(Destination<?> d) {}

    public void purge(Source<?> s) {}

    public void delete(Destination<?> d) {}

    public void delete(Group<?> g) {}
}
