"""A clock that leaves out the time in which it stood still."""

from videos.media.ffmpeg.stopwatch import Stopwatch


def test_paused_time_is_left_out() -> None:
    now = [100.0]
    clock = Stopwatch(lambda: now[0])
    began = clock()
    now[0] += 3
    clock.stop()
    now[0] += 60
    assert (clock() - began, clock.stands) == (3, True)
    clock.stop()
    clock.resume()
    clock.resume()
    now[0] += 2
    assert (clock() - began, clock.stands) == (5, False)
