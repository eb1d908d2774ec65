package dev.transload.mq.examples.shop;

/** What a customer wants. */
record Order(String orderId, String customer, String article, int quantity) {}
