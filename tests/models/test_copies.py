import numpy as np

from ilpgeo.models.copies import Copies, copy_out, labels_of_points


def test_by_hand_copies_run_from_west_to_east_and_know_their_place() -> None:
    x, y = np.array([7.0, 2.0, 7.0, 5.0]), np.array([1.0, 1.0, 1.0, 4.0])
    copies = copy_out(x, y, np.array([1.0, 2.0, 1.4, 0.3]), 10, "toy")
    assert copies.points.tolist() == [[0, 0], [0, 0], [5, 0], [5, 0]]  # 7 weighs 2.4 in all, 5 hardly anything
    assert copies.of_copy.tolist() == [0, 0, 2, 2]
    assert copies.of_point.tolist() == [2, 0, 2, 1]


def test_by_hand_a_place_has_the_label_of_most_of_its_copies_and_of_equals_a_cluster_s() -> None:
    copies = Copies(np.zeros((7, 2)), np.array([0, 0, 0, 1, 1, 3, 3]), np.array([3, 1, 0, 2]))
    label = np.array([-1, -1, 0, -1, 0, 1, 1])
    # Places 0..3 have -1 (of -1, -1, 0), 0 (of -1, 0), none, 1; asked for in the order 3, 1, 0, 2.
    assert labels_of_points(label, copies).tolist() == [0, 1, -1, -1]
