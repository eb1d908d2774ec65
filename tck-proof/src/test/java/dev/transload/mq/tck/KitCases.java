package dev.transload.mq.tck;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.platform.suite.api.SelectClasses;

/** The cases of the kit, found the way the kit finds them, with what the catalogue says of them. */
public final class KitCases {

    private static final Map<String, KitCase> ALL = all();

    private KitCases() {}

    /**
     * One case.
     *
     * @param id of the case
     * @param rule what it shows
     * @param method that shows it
     * @param realTime whether it cannot be shown in virtual time
     * @param breaks whether it breaks the broker, the link or a process
     * @param faults what it breaks
     * @param priority 0 for the first, as the catalogue has it
     */
    public record KitCase(
            String id, String rule, Method method, boolean realTime, boolean breaks, Set<Fault> faults, int priority) {}

    /** All cases by id. */
    public static Map<String, KitCase> byId() {
        return ALL;
    }

    /** Ids of cases that draw what they do by the seed of the run: the quick ones, or the others that break nothing. */
    public static List<String> drawn(boolean quick) {
        return ALL.values().stream()
                .filter(each -> !each.breaks())
                .map(each -> each.method().getAnnotation(TckCase.class))
                .filter(each -> each.draws() && (each.tier() == Tier.T0) == quick)
                .map(TckCase::id)
                .toList();
    }

    private static Map<String, KitCase> all() {
        Map<String, Integer> priorities = new TreeMap<>();
        Catalogue.load().entries().forEach(entry -> priorities.put(entry.id(), entry.priority()));
        Map<String, KitCase> all = new TreeMap<>();
        for (Class<?> group : RunMqTck.class.getAnnotation(SelectClasses.class).value()) {
            for (Method method : group.getDeclaredMethods()) {
                TckCase tckCase = method.getAnnotation(TckCase.class);
                if (tckCase != null) {
                    boolean breaks = tckCase.tier() == Tier.T2 || tckCase.faults().length > 0;
                    int priority = priorities.getOrDefault(tckCase.id(), 1);
                    all.put(
                            tckCase.id(),
                            new KitCase(
                                    tckCase.id(),
                                    tckCase.value(),
                                    method,
                                    tckCase.realTime(),
                                    breaks,
                                    Set.of(tckCase.faults()),
                                    priority));
                }
            }
        }
        return all;
    }
}
