/**
 * A small shop that lives on messages: orders, prices asked by request and reply, e-mails, reminders, and events for two
 * groups. It is written against {@code mq-api} alone; which broker it runs on is a dependency and a URI.
 */
@NullMarked
package dev.transload.mq.examples.shop;

import org.jspecify.annotations.NullMarked;
