package dev.transload.mq.examples.shop;

/** Something that happened to an order. */
record OrderEvent(String orderId, String customer, String what, String article, int quantity) {}
