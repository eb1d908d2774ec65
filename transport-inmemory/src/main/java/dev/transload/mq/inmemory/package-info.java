/** A broker inside the JVM, with virtual time for tests. */
@NullMarked
package dev.transload.mq.inmemory;

import org.jspecify.annotations.NullMarked;
