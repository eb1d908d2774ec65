package dev.transload.mq.client;

import dev.transload.mq.*;
import java.util.*;

final class EngineAdmin implements MqAdmin {
    EngineAdmin(EngineContext e) {}

    @Override
    public boolean exists(Destination<?> d) {
        return false;
    }

    @Override
    public OptionalLong depth(Source<?> s) {
        return OptionalLong.empty();
    }

    @Override
    public long deadLetterDepth(Source<?> s) {
        return 0;
    }

    @Override
    public void create(Destination<?> d) {}

    @Override
    public void purge(Source<?> s) {}

    @Override
    public void delete(Destination<?> d) {}

    @Override
    public void delete(Group<?> g) {}
}
