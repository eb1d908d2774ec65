/** Behaviour tests that every transport has to pass. */
@NullMarked
package dev.transload.mq.tck;

import org.jspecify.annotations.NullMarked;
