/** The client that applications call, and the engine behind it. */
@NullMarked
package dev.transload.mq.client;

import org.jspecify.annotations.NullMarked;
