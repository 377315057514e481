package dev.outrigger.upstream;

import java.util.random.RandomGenerator;

/**
 * The endpoints among which one choice is made, with their weights at that moment. Filled anew for each choice in arrays that
 * stay: a choice is made for each request.
 *
 * <p>Belongs to a worker's loop.
 */
final class Candidates {
    private final EndpointPool[] pools;
    /** Where each stands among all endpoints of the upstream. */
    private final int[] places;

    private final int[] weights;
    private int size;
    private int totalWeight;

    Candidates(int capacity) {
        this.pools = new EndpointPool[capacity];
        this.places = new int[capacity];
        this.weights = new int[capacity];
    }

    void clear() {
        size = 0;
        totalWeight = 0;
    }

    void add(EndpointPool pool, int place, int weight) {
        pools[size] = pool;
        places[size] = place;
        weights[size++] = weight;
        totalWeight += weight;
    }

    int size() {
        return size;
    }

    EndpointPool pool(int index) {
        return pools[index];
    }

    int place(int index) {
        return places[index];
    }

    int weight(int index) {
        return weights[index];
    }

    int totalWeight() {
        return totalWeight;
    }

    /** One at random, by weight. */
    int sample(RandomGenerator random) {
        return at(random.nextInt(totalWeight), -1);
    }

    /** Another one than {@code first} at random, by weight; there must be two. */
    int sampleOther(RandomGenerator random, int first) {
        return at(random.nextInt(totalWeight - weights[first]), first);
    }

    private int at(int point, int except) {
        int left = point;
        int last = 0;
        for (int i = 0; i < size; i++) {
            if (i != except) {
                last = i;
                left -= weights[i];
                if (left < 0) {
                    break;
                }
            }
        }
        return last;
    }
}
