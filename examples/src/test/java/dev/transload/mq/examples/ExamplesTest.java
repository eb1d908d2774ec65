package dev.transload.mq.examples;

/** The examples in memory, in real time. */
class ExamplesTest extends ExamplePrograms {

    @Override
    String uri() {
        return "inmemory:examples";
    }
}
