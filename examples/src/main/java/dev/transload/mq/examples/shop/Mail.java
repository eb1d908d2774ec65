package dev.transload.mq.examples.shop;

/** An e-mail to a customer. */
record Mail(String customer, String text) {}
