"""Short posts that do not tell what {X} is: a person, an organization and a place all fit."""

FRAMES = [line for line in """
Thinking about {X} today
{X} again !
can't believe {X}
Oh {X} ...
{X} , what a day
So this is {X} now
I love {X}
I really love {X} !
love love love {X}
nobody talks about {X} anymore
why is everybody talking about {X}
Everyone is talking about {X}
{X} is trending
{X} trending again ?
Not {X} again
More {X} please
Give me more {X}
all I want is {X}
All about {X}
{X} forever
{X} for ever and ever
{X} > everything
{X} is everything
{X} is life
Missing {X} so much
I miss {X}
miss you {X}
Miss {X} already
thank you {X}
Thank you {X} for everything
Thanks {X} !
Thanks to {X} , today was great
Good morning {X}
Goodnight {X}
good night {X} , see you soon
Hello {X} !
hey {X}
Hi {X} !!
Bye {X}
Goodbye {X} :(
Welcome to my feed , {X}
{X} , you are the best
{X} is the best
{X} was the best part of my week
Best of {X}
The best of {X} so far
the real {X}
The one and only {X}
This is why I love {X}
this is what {X} looks like
This is {X} !
That's {X} for you
{X} in one picture
{X} in a nutshell
{X} on a monday
{X} at its best
{X} never disappoints
{X} never gets old
{X} did it again
{X} has done it again
{X} makes me happy
{X} makes me smile every time
{X} made my day
{X} saved my week
Proud of {X}
so proud of {X} today
very proud of you {X}
Obsessed with {X}
I am obsessed with {X}
Big fan of {X}
biggest fan of {X} right here
Fan of {X} since 2009
No one like {X}
nothing like {X}
There is only one {X}
only {X} can do this
Only in my dreams : {X}
Dreaming of {X}
dreaming about {X} again
Waiting for {X}
still waiting for {X} ...
Can't wait for {X}
Cant wait for {X} !!
Ready for {X} ?
ready for {X}
are you ready for {X}
Who else loves {X} ?
Who remembers {X} ?
Remember {X} ?
does anyone remember {X}
Anyone else here for {X} ?
what do you think of {X} ?
What do we think about {X} ?
Thoughts on {X} ?
Any thoughts on {X}
Your opinion on {X} , please
How about {X} ?
what about {X}
And what about {X} ?
Guess what : {X}
Guess who is back : {X}
Look what I found : {X}
look at {X}
Just look at {X} !
Look at {X} go !
Have you seen {X} ?
have you seen {X} lately
Seen today : {X}
spotted : {X}
Spotted {X} this morning
I just saw {X}
Just saw {X} !
saw {X} today , so cool
Finally saw {X}
finally {X}
Finally ! {X} !
First time seeing {X}
my first picture of {X}
a picture of {X}
Picture of the day : {X}
Photo of the week : {X}
photo : {X}
New photo of {X}
another shot of {X}
One more of {X}
Here is {X} for you
here is another one of {X}
Day 3 of posting {X}
posting {X} because I can
Throwback to {X}
Throwback : {X} last summer
tbt {X}
#tbt {X}
old but gold : {X}
{X} back then
{X} then and now
{X} now and then
{X} 10 years ago
{X} yesterday
{X} tonight !
{X} this weekend
{X} today , tomorrow , always
Today : {X}
Tonight : {X}
Breaking : {X}
breaking news about {X}
News about {X}
latest on {X}
The latest on {X} here
Read more about {X}
read this about {X}
A story about {X}
The story of {X}
a short history of {X}
10 things about {X}
10 facts about {X} you should know
things I like : {X}
Things that make me smile : {X} , coffee
my favourite : {X}
My favorite thing is still {X}
favourite of all time : {X}
{X} is my favourite
{X} is so beautiful
{X} looks beautiful
{X} looks amazing
{X} looks great today
{X} looks different now
wow {X}
Wow , {X} !
wow just wow {X}
omg {X}
OMG {X} !!!
lol {X}
{X} lol
{X} haha
haha {X} strikes again
{X} strikes back
{X} is a mess
what happened to {X} ?
What is going on with {X}
whats up with {X}
what's wrong with {X}
Something is wrong with {X}
so sad about {X}
Sad news about {X}
Sorry {X}
sorry {X} , not today
not a fan of {X}
I don't get {X}
I do not understand {X}
why {X} , why
Why , {X} ?
{X} , really ?
Really , {X} ?
seriously {X}
{X} seriously
{X} deserves better
{X} deserves more love
{X} needs our help
{X} needs you
pray for {X}
Praying for {X}
Support {X} !
we support {X}
We stand with {X}
we are with you {X}
go {X} go
Let's go {X} !
lets go {X}
Come on {X}
come on {X} !!
Well done {X}
well done , {X} !
Congrats {X}
congratulations to {X} !
Happy birthday {X} !
Cheers to {X}
shout out to {X}
Big shout out to {X} today
much respect for {X}
Respect {X}
Long live {X}
All hail {X}
say it with me : {X}
One word : {X}
two words : {X} , yes
{X} yes please
{X} ? yes
{X} ? No thanks
{X} vs the world
me and {X}
Me and {X} against the world
It's {X} time
its {X} time !
it is always {X}
It was {X} all along
I blame {X}
I blame {X} for this
because of {X}
All because of {X}
thanks , I hate {X}
{X} is not what it used to be
{X} has changed so much
{X} will never change
Never change {X}
never forget {X}
We will never forget {X}
Don't forget {X}
don't sleep on {X}
{X} is underrated
{X} is overrated
the magic of {X}
In love with {X}
falling in love with {X} again
{X} stole my heart
{X} my love
My heart belongs to {X}
""".split("\n") if line]
