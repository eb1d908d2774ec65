package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.ClientClosedException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class SlowAdminTest {

    private final List<String> happened = new ArrayList<>();
    private final SlowAdmin slow = new SlowAdmin(this::connect);

    @Test
    void connectsOnceAndWhenItIsFirstNeeded() {
        assertThat(happened).isEmpty();

        assertThat(slow.get()).isSameAs(slow.get());

        assertThat(happened).containsExactly("connected");
    }

    @Test
    void endsItsConnectionAndMakesNoOtherAfterTheClose() {
        slow.get();

        slow.close();

        assertThat(happened).containsExactly("connected", "close");
        assertThatThrownBy(slow::get).isInstanceOf(ClientClosedException.class);
        assertThat(happened).hasSize(2);
    }

    private Admin connect() {
        happened.add("connected");
        return (Admin) Proxy.newProxyInstance(
                SlowAdminTest.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    happened.add(method.getName());
                    return null;
                });
    }
}
