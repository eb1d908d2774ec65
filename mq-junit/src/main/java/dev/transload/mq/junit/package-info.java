/**
 * Tests an application without a broker: a broker in memory for each test, whose time the test moves, and assertions
 * about its queues. Users put this module on the class path of their tests; JUnit is theirs.
 */
@NullMarked
package dev.transload.mq.junit;

import org.jspecify.annotations.NullMarked;
