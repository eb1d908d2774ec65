/** The vocabulary of messaging: messages, destinations, policies, stores and exceptions. */
@NullMarked
package dev.transload.mq;

import org.jspecify.annotations.NullMarked;
